from django.http import HttpResponse
def _stub(): return lambda request, **kw: HttpResponse("")
LatestRss=LatestAtom=SectionRss=SectionAtom=StateRss=StateAtom=_stub
